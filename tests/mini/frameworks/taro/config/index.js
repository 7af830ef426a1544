const { defineConfig } = require('@tarojs/cli');

const from = 'node_modules/dna-mini/dist';
module.exports = defineConfig({
  projectName: 'taro-bank',
  date: '2026-11-26',
  designWidth: 750,
  sourceRoot: 'src',
  outputRoot: 'dist',
  plugins: ['@tarojs/plugin-framework-react', '@tarojs/plugin-platform-weapp'],
  copy: { patterns: ['dna.wasm', 'dna.wasm.br'].map((name) => ({ from: `${from}/${name}`, to: `dist/dna/${name}` })), options: {} },
  framework: 'react',
  compiler: 'vite',
  mini: {},
});

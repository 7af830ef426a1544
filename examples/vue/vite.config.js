import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [vue()],
  // Vite's development server would move the package into one file, away from its Wasm.
  optimizeDeps: { exclude: ['dna-web'] },
});

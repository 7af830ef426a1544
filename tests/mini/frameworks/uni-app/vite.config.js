import uni from '@dcloudio/vite-plugin-uni';
import { defineConfig } from 'vite';

// The plugin is CommonJS.
export default defineConfig({ plugins: [(uni.default ?? uni)()] });

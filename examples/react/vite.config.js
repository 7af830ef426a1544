import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // Vite's development server would move the package into one file, away from its Wasm.
  optimizeDeps: { exclude: ['dna-web'] },
});

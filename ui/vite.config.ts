import { existsSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// Two pages, one build: the portal for everyone, the desk for staff. The binary serves dist/ as it stands.
export default defineConfig({
  base: '/',
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: 'true', // Element Plus uses it
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  resolve: {
    alias: [
      { find: '@', replacement: here('./src') },
      // read-excel-file unzips through workers from blob: addresses, which our policy refuses; see sheet/unzip.ts
      { find: /^fflate$/, replacement: here('./src/desk/sheet/unzip.ts') },
    ],
  },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'chrome87',
    cssTarget: 'chrome87',
    assetsInlineLimit: 0, // the content security policy has no data: for scripts or styles
    sourcemap: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: {
        portal: here('./index.html'),
        ...(existsSync(here('./desk/index.html')) ? { desk: here('./desk/index.html') } : {}),
      },
      output: {
        // What both pages need; everything else stays with the page that asked for it.
        manualChunks(id: string) {
          if (/node_modules\/(@vue|vue|vue-router|vue-i18n|@intlify)\//.test(id)) return 'vue'
          return undefined
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8315' } },
})

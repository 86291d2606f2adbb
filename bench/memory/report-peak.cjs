/** Loaded into a process by NODE_OPTIONS: at its end, writes its greatest resident size (KiB) to the file that MH_BENCH_PEAK names. */
process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.MH_BENCH_PEAK, String(process.resourceUsage().maxRSS))
})

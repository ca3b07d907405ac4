// Preloaded into a process that stands in for its parent: without the parent it must not live on.
if (process.channel) {
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  process.channel.unref();
}

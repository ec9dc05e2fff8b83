/** Runs `jobs`, at most `parallel` at once. */
export async function pool(jobs, parallel) {
  const left = jobs.values();
  const lane = async () => {
    for (const job of left) await job();
  };
  await Promise.all(Array.from({ length: parallel }, lane));
}

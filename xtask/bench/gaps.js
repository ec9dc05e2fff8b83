// How long the main thread was blocked, measured in three ways.

const now = () => performance.timeOrigin + performance.now();

/** Starts measuring; resolves once the work of loading the page is over. */
export async function watch() {
  const longest = { gapMs: 0, frameMs: 0, longTaskMs: 0 };
  const note = (what, ms) => {
    longest[what] = Math.max(longest[what], ms);
  };
  await new Promise((resolve) => setTimeout(resolve, 300));

  // A worker posts the time every few milliseconds: the delay of its messages is how long the page was blocked.
  const ticker = new Worker("./ticker.js");
  const channel = new MessageChannel();
  await new Promise((resolve) => {
    channel.port1.onmessage = resolve;
    ticker.postMessage(channel.port2, [channel.port2]);
  });
  channel.port1.onmessage = ({ data }) => note("gapMs", now() - data);

  let frame = performance.now();
  let frames = requestAnimationFrame(function next(at) {
    note("frameMs", at - frame);
    frame = at;
    frames = requestAnimationFrame(next);
  });

  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) note("longTaskMs", duration);
  });
  tasks.observe({ type: "longtask" });

  return {
    end() {
      for (const { duration } of tasks.takeRecords()) note("longTaskMs", duration);
      tasks.disconnect();
      cancelAnimationFrame(frames);
      ticker.terminate();
      return longest;
    },
  };
}

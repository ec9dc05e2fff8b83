// Says the time to the port that it is given, every 4 ms.

onmessage = ({ data: port }) => {
  setInterval(() => port.postMessage(performance.timeOrigin + performance.now()), 4);
};

// Posts the time to the port that it gets, every 4 ms.

onmessage = ({ data: port }) => {
  setInterval(() => port.postMessage(performance.timeOrigin + performance.now()), 4);
};

import { useCrowfly, useUpload } from "crowfly/react";
import { memo, StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { lab, options, rendered } from "./world.js";

const Row = memo(function Row({ id }) {
  const upload = useUpload(id);
  rendered(id);
  return <li data-state={upload?.state}>{upload?.name}</li>;
});

function List() {
  lab.crow = useCrowfly({ ...options });
  return lab.crow.uploads.map(({ id }) => <Row key={id} id={id} />);
}

function Count() {
  const { totals } = useCrowfly({ ...options });
  return <p id="count">{totals.uploads}</p>;
}

function Lab() {
  const [shown, show] = useState(true);
  lab.show = show;
  return shown ? (
    <>
      <List />
      <Count />
    </>
  ) : (
    <p id="away">away</p>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <Lab />
  </StrictMode>,
);

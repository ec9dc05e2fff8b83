import { useCrowfly, useUpload } from "crowfly/solid";
import { createEffect, createSignal, Index, Show } from "solid-js";
import { render } from "solid-js/web";
import { lab, options, rendered } from "./world.js";

function Row(props) {
  const upload = useUpload(() => props.id);
  createEffect(() => {
    if (upload()) rendered(upload().id);
  });
  return <li data-state={upload()?.state}>{upload()?.name}</li>;
}

function List() {
  const crow = useCrowfly({ ...options });
  lab.crow = { upload: (...given) => crow().upload(...given) };
  return <Index each={crow().uploads}>{(upload) => <Row id={upload().id} />}</Index>;
}

function Count() {
  const crow = useCrowfly(() => ({ ...options }));
  return <p id="count">{crow().totals.uploads}</p>;
}

const [shown, show] = createSignal(true);
lab.show = show;
render(
  () => (
    <Show when={shown()} fallback={<p id="away">away</p>}>
      <List />
      <Count />
    </Show>
  ),
  document.getElementById("root"),
);

import { useCrowfly, useUpload } from "crowfly/vue";
import { createApp, h, ref } from "vue";
import { lab, options, rendered } from "./world.js";

const Row = {
  props: ["id"],
  setup(props) {
    const upload = useUpload(() => props.id);
    return () => {
      rendered(props.id);
      return h("li", { "data-state": upload.value?.state }, upload.value?.name);
    };
  },
};
const List = {
  setup() {
    const { uploads, upload } = useCrowfly({ ...options });
    lab.crow = { upload };
    return () => uploads.value.map(({ id }) => h(Row, { key: id, id }));
  },
};
const Count = {
  setup() {
    const { totals } = useCrowfly(() => ({ ...options }));
    return () => h("p", { id: "count" }, totals.value.uploads);
  },
};
const shown = ref(true);
lab.show = (on) => (shown.value = on);
createApp({ render: () => (shown.value ? [h(List), h(Count)] : h("p", { id: "away" }, "away")) }).mount("#root");

// The door that Streamlit calls: at every mount, and again whenever the page has run.

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (view && view.id !== JSON.stringify([data.base, data.project, data.person, data.name])) {
    view.close();
    view = undefined;
  }
  if (view) {
    view.trigger = setTriggerValue;
    view.accept(data);
  } else {
    view = new SettlerView(parentElement, data, setTriggerValue);
    views.set(parentElement, view);
  }
  return () => {
    view.close();
    views.delete(parentElement);
  };
}

// The door that Streamlit calls: at every mount, and again whenever the page has run.

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const engine = engineFor(data);
  let view = views.get(parentElement);
  if (view && view.engine !== engine) {
    view.close();
    view = undefined;
  }
  engine.accept(data);
  if (view) {
    view.trigger = setTriggerValue;
  } else {
    view = new View(parentElement, engine, setTriggerValue);
    views.set(parentElement, view);
    engine.view = view;
  }
  return () => {
    view.close();
    views.delete(parentElement);
  };
}

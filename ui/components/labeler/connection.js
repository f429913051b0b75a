// Streamlit covers the page with a dialog when its server is away. The labeler goes on without the server
// and says so itself, so that dialog is closed as soon as it comes.

function keepUncovered() {
  const close = () => {
    for (const dialog of document.querySelectorAll("[role=dialog]")) {
      if (/^Connection error/.test(dialog.textContent)) dialog.querySelector("button[aria-label=Close]")?.click();
    }
  };
  const observer = new MutationObserver(close);
  observer.observe(document.body, { childList: true, subtree: true });
  return observer;
}

// Keeps events until the script is there, which may be later than this file.
window.footfall =
  window.footfall ||
  function () {
    (footfall.q = footfall.q || []).push(arguments);
  };

for (const button of document.querySelectorAll("[data-plan]")) {
  button.addEventListener("click", () => {
    footfall("Signup", { props: { plan: button.dataset.plan } });
    document.getElementById("thanks").textContent = "Thank you! The event is on its way.";
  });
}

const steps = document.querySelectorAll("[data-step]");
const links = document.querySelectorAll(".steps a");

function showStep() {
  for (const step of steps) step.hidden = step.dataset.step !== location.pathname;
  for (const link of links) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  }
}

for (const link of links) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    history.pushState(null, "", link.href);
    showStep();
  });
}

if (steps.length) {
  addEventListener("popstate", showStep);
  showStep();
}

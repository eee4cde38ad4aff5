/*
 * Events that send themselves, behind footfall.js in /js/footfall.auto.js:
 *
 *   Outbound Link: Click   { url }   data-outbound="off"
 *   File Download          { url }   data-downloads="off", or the endings: "pdf zip"
 *   Form: Submission       { path }  data-forms="off"
 *   404                    { path }  data-404, on the page that tells what is missing
 *
 * Of a link's URL only host and path are sent. Names are those of Plausible's script.
 */
(() => {
  const { dataset } = document.currentScript;
  const { outbound, forms, downloads = "" } = dataset;
  if (footfall.auto) return;
  footfall.auto = true;

  const usual =
    "7z avi csv dmg doc docx epub exe gz key midi mov mp3 mp4 mpeg msi odt pdf pkg pps ppt pptx " +
    "rar rtf tar txt wav wma wmv xls xlsx zip";
  const endings = new Set((downloads || usual).toLowerCase().split(/[,\s]+/));
  const bare = (host) => host.replace(/^www\./, "");

  const ending = (path) => path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  const isFile = (link) => link.hasAttribute("download") || endings.has(ending(link.pathname));

  /* Heard before the page hears it, which may let nothing through. */
  const follow = (event) => {
    if (event.type == "auxclick" && event.button != 1) return; // the middle one opens a tab
    const link = event.composedPath().find(({ href, origin }) => href && origin);
    if (!link || !/^https?:$/.test(link.protocol)) return;
    const props = { url: (link.origin + link.pathname).slice(0, 500) };
    if (downloads != "off" && isFile(link)) footfall("File Download", { props });
    else if (outbound != "off" && bare(link.hostname) != bare(location.hostname))
      footfall("Outbound Link: Click", { props });
  };
  addEventListener("click", follow, true);
  addEventListener("auxclick", follow, true);

  const here = () => ({ path: location.pathname.slice(0, 500) });
  const submit = () => footfall("Form: Submission", { props: here() });
  if (forms != "off") addEventListener("submit", submit, true);

  const miss = () => footfall("404", { props: here(), interactive: false });
  if ("404" in dataset) {
    if (document.hidden) addEventListener("visibilitychange", miss, { once: true });
    else miss();
  }
})();

(function () {
  "use strict";
  // Before anything is shown: that there is a script, and the colours that were chosen last time.
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var theme = localStorage.getItem("analytical-theme");
    if (theme === "dark" || theme === "light") root.setAttribute("data-theme", theme);
  } catch (error) { /* storage is switched off */ }
})();

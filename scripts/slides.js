/* One slide at a time. The address names the slide, so that it can be sent. */
(function () {
    var slides = Array.from(document.querySelectorAll(".slide"));
    var at = 0;

    function show(number) {
        at = Math.max(0, Math.min(slides.length - 1, number));
        slides.forEach(function (slide, i) {
            slide.classList.toggle("here", i === at);
        });
        document.getElementById("place").textContent =
            (at + 1) + " / " + slides.length;
        scrollTo(0, 0);
        if (location.hash !== "#" + slides[at].id)
            history.replaceState(null, "", "#" + slides[at].id);
    }

    function named() {
        var id = decodeURIComponent(location.hash.slice(1));
        return Math.max(0, slides.findIndex(function (slide) {
            return slide.id === id;
        }));
    }

    function open_all(slide) {
        slide.querySelectorAll("details").forEach(function (part) {
            part.open = !part.open;
        });
    }

    addEventListener("keydown", function (event) {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        var on_control = /^(BUTTON|SUMMARY|A)$/.test(event.target.tagName);
        var scrolls = event.target.matches("pre, .wide");
        var go = {
            ArrowRight: scrolls ? undefined : at + 1, PageDown: at + 1,
            ArrowLeft: scrolls ? undefined : at - 1, PageUp: at - 1,
            Home: 0, End: slides.length - 1
        }[event.key];
        if (event.key === " " && !on_control)
            go = event.shiftKey ? at - 1 : at + 1;
        if (event.key === "o") open_all(slides[at]);
        if (go === undefined) return;
        event.preventDefault();
        show(go);
    });
    document.getElementById("on").addEventListener("click", function () {
        show(at + 1);
    });
    document.getElementById("back").addEventListener("click", function () {
        show(at - 1);
    });
    addEventListener("hashchange", function () { show(named()); });
    addEventListener("beforeprint", function () {
        document.querySelectorAll("details").forEach(function (part) {
            part.open = true;
        });
    });
    document.querySelector("main").classList.add("shows");
    show(named());
})();

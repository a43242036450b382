// A paragraph's link is also copied when it is followed; where the browser forbids it, the address bar has it anyway.
for (const text of document.querySelectorAll("[data-copied]")) {
  text.addEventListener("click", async (event) => {
    const link = event.target.closest(".link a");
    if (!link || !navigator.clipboard) return;
    try {
      await navigator.clipboard.writeText(link.href);
      const usual = link.textContent;
      link.textContent = text.dataset.copied;
      setTimeout(() => (link.textContent = usual), 2000);
    } catch {
      // not allowed: following the link is enough
    }
  });
}

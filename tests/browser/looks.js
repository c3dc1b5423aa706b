// What keeps a person from reading or reaching something on the page, as sentences.
async ({theirs, tags}) => {
    const found = [];
    const main = document.querySelector('[data-testid=stMain]');
    const said = element => (element.textContent || element.getAttribute('aria-label') || element.tagName)
        .trim().slice(0, 50);

    const {violations} = await axe.run(document, {
        runOnly: tags, resultTypes: ['violations'], preload: false, iframes: false,
    });
    for (const {id, impact, nodes} of violations) {
        if (!['serious', 'critical'].includes(impact)) continue;
        for (const node of nodes) {
            const element = document.querySelector(node.target.at(-1));
            if (theirs.some(([rule, selector]) => rule === id && element?.closest(selector))) continue;
            found.push(`${id}: ${node.html.slice(0, 120)}: ${node.any.concat(node.all)[0]?.message}`);
        }
    }

    if (document.documentElement.scrollWidth > innerWidth) found.push('the page is wider than the window');
    if (main.scrollWidth > main.clientWidth) found.push('what is on the page is wider than the window');
    // what scrolls in a box of its own is not cut
    const scrolls = element => {
        for (let box = element.parentElement; box && box !== main; box = box.parentElement)
            if (['auto', 'scroll'].includes(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth)
                return true;
        return false;
    };
    const shown = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true})
        && element.getBoundingClientRect().width > 1;
    for (const element of main.querySelectorAll(
        'a, button, input:not([type=range]), textarea, label, summary, p, h1, h2, h3, [role=combobox], [role=tab], .js-plotly-plot'
    )) {
        if (!shown(element)) continue;
        const {left, right} = element.getBoundingClientRect();
        if ((left < -1 || right > innerWidth + 1) && !scrolls(element)) found.push(`outside: ${said(element)}`);
        const style = getComputedStyle(element);
        if (style.overflowX !== 'visible' && !element.matches('input, textarea')
            && element.scrollWidth > element.clientWidth + 1 && !scrolls(element)) found.push(`cut: ${said(element)}`);
    }
    for (const button of main.querySelectorAll('button')) {
        const cut = part => getComputedStyle(part).textOverflow === 'ellipsis' && part.scrollWidth > part.clientWidth + 1;
        const low = getComputedStyle(button).overflowY === 'hidden' && button.scrollHeight > button.clientHeight + 2;
        if (shown(button) && (low || [...button.querySelectorAll('*')].some(cut))) found.push(`cut: ${said(button)}`);
    }
    for (const plot of main.querySelectorAll('.js-plotly-plot')) {
        const frame = plot.getBoundingClientRect();
        for (const text of plot.querySelectorAll('.main-svg text')) {
            const {left, right, top, bottom, width} = text.getBoundingClientRect();
            const outside = left < frame.left - 2 || right > frame.right + 2
                || top < frame.top - 2 || bottom > frame.bottom + 2;
            if (width && text.checkVisibility() && outside) found.push(`cut in a figure: ${said(text)}`);
        }
    }
    return [...new Set(found)];
}

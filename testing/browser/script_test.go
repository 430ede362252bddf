//go:build browser

package browser

import (
	"encoding/json"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// withScripts lets pages run scripts from now on.
func (b *tab) withScripts() {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: false})
	require.NoError(b.t, err)
}

// quoted returns a text as a script has it.
func quoted(text string) string {
	b, _ := json.Marshal(text) // a text always can be
	return string(b)
}

// find waits for the element that the XPath finds first and that can be used, and returns what the script makes of it,
// in which it is e.
func find[T any](b *tab, path, script string) T {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[T](`new Promise((done, failed) => {
		const look = () => {
			const e = document.evaluate(`+quoted(path)+`, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue
			if (!e || e.disabled) return
			changes.disconnect()
			try { done((() => { `+script+` })()) } catch (error) { failed(error) }
		}
		const changes = new MutationObserver(look)
		changes.observe(document, {subtree: true, childList: true, attributes: true, characterData: true})
		look()
	})`, chromedp.EvalAwaitPromise))
}

// shown waits for an element and returns what is to be read in it.
func (b *tab) shown(path string) string {
	b.t.Helper()
	return find[string](b, path, `return e.innerText`)
}

// click waits for an element and clicks on it.
func (b *tab) click(path string) {
	b.t.Helper()
	find[bool](b, path, `e.click(); return true`)
}

// enter waits for a field, gives it a value as a person does, and leaves it.
func (b *tab) enter(path, value string) {
	b.t.Helper()
	find[bool](b, path, `
		Object.getOwnPropertyDescriptor(Object.getPrototypeOf(e), "value").set.call(e, `+quoted(value)+`)
		for (const name of ["input", "change", "focusout"]) e.dispatchEvent(new Event(name, {bubbles: true}))
		return true`)
}

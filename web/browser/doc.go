// Package browser tests the page that quantizes models, in a browser.
package browser

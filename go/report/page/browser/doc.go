// Package browser tests the page of a report in a browser.
package browser

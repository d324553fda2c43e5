// Package instructions holds the test that counts the instructions which the command
// executes, and compares them with a budget.
package instructions

// Command empty does nothing: what a Go program takes to start and end.
package main

func main() {}

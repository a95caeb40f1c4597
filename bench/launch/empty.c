/* Does nothing: the minimum cost of starting and ending a static program. */
int main(void) { return 0; }

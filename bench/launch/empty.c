/* Does nothing: the least that starting and ending a static program costs. */
int main(void) { return 0; }

// The functions in the global JavaScript object `native`, by the file that defines them.
#pragma once
#include "engine.h"

struct calls {
  const JSCFunctionListEntry *entries;
  int count;
};

extern const struct calls file_calls, network_calls, part_calls, process_calls, program_calls;

// The functions in `native.bytes`.
extern const struct calls byte_calls;

#define CALLS(name, table) const struct calls name = {table, sizeof table / sizeof *table}

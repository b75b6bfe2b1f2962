// The machine's own system calls. Internal to Files.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_REAL_SYSTEM_CALLS_H_
#define CULTUREMERT_TOOLS_BASE_FILES_REAL_SYSTEM_CALLS_H_

#include <memory>

#include "tools/base/files/system_calls.h"

namespace culturemert {

std::unique_ptr<SystemCalls> MakeRealSystemCalls();

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_REAL_SYSTEM_CALLS_H_

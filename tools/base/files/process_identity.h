// Whether a process that left something on disk still lives. Internal to Files.

#ifndef CULTUREMERT_TOOLS_BASE_FILES_PROCESS_IDENTITY_H_
#define CULTUREMERT_TOOLS_BASE_FILES_PROCESS_IDENTITY_H_

#include "tools/base/files/system_calls.h"

namespace culturemert {

// True only if `process` certainly lives no more, by the rule of file_lock.h:
// false for every process of another host or container.
bool IsKnownDead(SystemCalls& calls, const ProcessIdentity& process);

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_BASE_FILES_PROCESS_IDENTITY_H_

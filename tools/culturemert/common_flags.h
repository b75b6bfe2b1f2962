// Flags that several commands share.

#ifndef CULTUREMERT_TOOLS_CULTUREMERT_COMMON_FLAGS_H_
#define CULTUREMERT_TOOLS_CULTUREMERT_COMMON_FLAGS_H_

#include <string>
#include <vector>

#include "absl/flags/declare.h"

ABSL_DECLARE_FLAG(std::string, audio);
ABSL_DECLARE_FLAG(std::string, data_root);
ABSL_DECLARE_FLAG(std::string, dataset);
ABSL_DECLARE_FLAG(std::string, device);
ABSL_DECLARE_FLAG(std::string, output);
ABSL_DECLARE_FLAG(std::vector<std::string>, set);
ABSL_DECLARE_FLAG(std::string, weights);

namespace culturemert {

// The folder of the licensed data sets: --data_root, else the environment's
// CULTUREMERT_DATA_ROOT, resolved against the folder the user stands in; empty
// if neither is set.
std::string DataRoot();

}  // namespace culturemert

#endif  // CULTUREMERT_TOOLS_CULTUREMERT_COMMON_FLAGS_H_

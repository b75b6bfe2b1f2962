// By which of its addresses this machine is reached from another one.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_LOCAL_ADDRESS_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_LOCAL_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace culturemert {

// The address (in numbers, IPv4 or IPv6) that packets to `host` are sent from:
// a loopback address if `host` is this machine. Asks the routing table; sends
// nothing. kUnavailable with the system's words if the host is not known or not
// reachable.
absl::StatusOr<std::string> LocalAddressToward(const std::string& host);

// "127.0.0.1", "127.0.1.1", "::1".
bool IsLoopback(absl::string_view address);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_LOCAL_ADDRESS_H_

#include "experiments/distributed/local_address.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace culturemert {
namespace {

// Any port: connecting a datagram socket only chooses a route.
constexpr char kPort[] = "9";

// Empty, with errno, if there is no route.
std::string SourceOfRoute(const addrinfo& target) {
  const int descriptor =
      socket(target.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
  if (descriptor < 0) return "";
  const absl::Cleanup close_descriptor = [&] { close(descriptor); };
  sockaddr_storage source{};
  socklen_t length = sizeof source;
  auto* address = reinterpret_cast<sockaddr*>(&source);
  if (connect(descriptor, target.ai_addr, target.ai_addrlen) != 0 ||
      getsockname(descriptor, address, &length) != 0) {
    return "";
  }
  std::array<char, NI_MAXHOST> text{};
  if (getnameinfo(address, length, text.data(), text.size(), nullptr, 0,
                  NI_NUMERICHOST) != 0) {
    return "";
  }
  return text.data();
}

}  // namespace

absl::StatusOr<std::string> LocalAddressToward(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* targets = nullptr;
  const int error = getaddrinfo(host.c_str(), kPort, &hints, &targets);
  if (error != 0) {
    return absl::UnavailableError(
        absl::StrCat("host ", host, " is not known: ", gai_strerror(error)));
  }
  const absl::Cleanup free_targets = [&] { freeaddrinfo(targets); };
  int reason = 0;
  for (const addrinfo* target = targets; target != nullptr;
       target = target->ai_next) {
    std::string source = SourceOfRoute(*target);
    if (!source.empty()) return source;
    reason = errno;
  }
  return absl::UnavailableError(
      absl::StrCat("no route to host ", host, ": ", std::strerror(reason)));
}

bool IsLoopback(absl::string_view address) {
  return absl::StartsWith(address, "127.") || address == "::1";
}

}  // namespace culturemert

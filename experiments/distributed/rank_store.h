// The few short texts that ranks leave for each other: who is there, how far,
// and why one ended. Free of LibTorch.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_RANK_STORE_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_RANK_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace culturemert {

// One rank's connection to the store all ranks share. No call waits for another
// rank. kUnavailable where the store no longer answers.
class RankStore {
 public:
  virtual ~RankStore() = default;

  virtual absl::Status Set(const std::string& key,
                           const std::string& value) = 0;

  // The values of all `keys`; none unless all of them exist.
  virtual absl::StatusOr<std::optional<std::vector<std::string>>> Get(
      const std::vector<std::string>& keys) = 0;

  // How many calls there were for this key, this one included.
  virtual absl::StatusOr<std::int64_t> Increment(const std::string& key) = 0;

  // OK whether or not the key exists.
  virtual absl::Status Delete(const std::string& key) = 0;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_RANK_STORE_H_

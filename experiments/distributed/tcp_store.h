// LibTorch's TCPStore as the store that ranks share.

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_TCP_STORE_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_TCP_STORE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiments/distributed/rank_store.h"
#include "experiments/distributed/world.h"

namespace c10d {
class Store;
}  // namespace c10d

namespace culturemert {

class TcpStore : public RankStore {
 public:
  // Connects to the store at the leader's address; rank 0 opens it there first,
  // unless the launcher keeps it, and it lives as long as rank 0's object.
  // Waits for it for at most `timeout`. kUnavailable, with the address, if the
  // port is taken (rank 0) or no store answers there (other ranks).
  static absl::StatusOr<std::unique_ptr<TcpStore>> Open(
      const World& world, std::chrono::milliseconds timeout);

  // One more connection to the same store: calls on the two do not wait for
  // each other.
  static absl::StatusOr<std::unique_ptr<TcpStore>> Join(
      const World& world, std::chrono::milliseconds timeout);

  ~TcpStore() override;

  absl::Status Set(const std::string& key, const std::string& value) override;
  absl::StatusOr<std::optional<std::vector<std::string>>> Get(
      const std::vector<std::string>& keys) override;
  absl::StatusOr<std::int64_t> Increment(const std::string& key) override;
  absl::Status Delete(const std::string& key) override;

  // With this run's prefix before every key.
  c10d::Store& store();

 private:
  struct Connection;
  explicit TcpStore(std::unique_ptr<Connection> connection);
  static absl::StatusOr<std::unique_ptr<TcpStore>> Connect(
      const World& world, bool open, std::chrono::milliseconds timeout);

  const std::unique_ptr<Connection> connection_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_TCP_STORE_H_

// What group_process does with GradientBuckets.

#ifndef CULTUREMERT_TESTS_EXPERIMENTS_DISTRIBUTED_BUCKET_SCENARIOS_H_
#define CULTUREMERT_TESTS_EXPERIMENTS_DISTRIBUTED_BUCKET_SCENARIOS_H_

#include <string>

#include "absl/status/statusor.h"
#include "experiments/distributed/process_group.h"

namespace culturemert {

// Three updates of a small network of two micro-batches each, in which ranks
// drop different layers, with buckets of several sizes and with a plain sum
// after backward: "equal", the numbers of buckets, and which parameters have a
// gradient at the end; or what differs first.
absl::StatusOr<std::string> BucketsAgainstPlainSum(ProcessGroup& group);

// How many buckets are done before Finish() in each of two updates, where there
// is time for all; each parameter is a bucket, the first one unused.
absl::StatusOr<std::string> BucketsDuringBackward(ProcessGroup& group);

// Rank 1 trains a parameter more.
absl::StatusOr<std::string> BucketsOfOtherParameters(ProcessGroup& group);

// Two backward passes after BeginLastMicroBatch().
absl::StatusOr<std::string> BucketsBackwardTwice(ProcessGroup& group);

// Rank 1 gives up before the backward in which rank 0 waits for it.
absl::StatusOr<std::string> BucketsWithALostRank(ProcessGroup& group);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_EXPERIMENTS_DISTRIBUTED_BUCKET_SCENARIOS_H_

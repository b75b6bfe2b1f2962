// Slurm's compressed lists of hosts: "node[03-05,7],gpu1".

#ifndef CULTUREMERT_EXPERIMENTS_DISTRIBUTED_SLURM_NODE_LIST_H_
#define CULTUREMERT_EXPERIMENTS_DISTRIBUTED_SLURM_NODE_LIST_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace culturemert {

// The first host that `node_list` names, as `scontrol show hostnames` lists
// them: "node03" for "node[03-05,7],gpu1". The grammar is that of Slurm's
// documentation of SLURM_JOB_NODELIST: names separated by commas, each with any
// number of [ranges], a range being "7" or "03-05" with leading zeros kept.
// kInvalidArgument, with the place, for anything else anywhere in the list.
absl::StatusOr<std::string> FirstSlurmHost(absl::string_view node_list);

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_DISTRIBUTED_SLURM_NODE_LIST_H_

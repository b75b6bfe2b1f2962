// What a plan is made for: where things are, on what it runs. None of it is
// part of an artifact's key.

#ifndef CULTUREMERT_EXPERIMENTS_STUDY_STUDY_CONTEXT_H_
#define CULTUREMERT_EXPERIMENTS_STUDY_STUDY_CONTEXT_H_

#include <string>

#include "experiments/distributed/process_group.h"
#include "tools/base/files/files.h"

namespace culturemert {

struct StudyContext {
  Files* files = &Files::Real();
  std::string data_root;    // Of data sets from files; "" if none is given.
  std::string mini_folder;  // Of the base model that this project ships.
  std::string device = "auto";
  int threads = 1;
  ProcessGroup* processes = nullptr;  // That train together; null: one alone.
  int local_processes = 1;  // Of them, those of this machine: they share CPUs.
};

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_STUDY_STUDY_CONTEXT_H_

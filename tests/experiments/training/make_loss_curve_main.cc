// Writes anew what loss_curve_test compares with, after a change that is meant
// to change it. From the workspace's root:
//
//   folder=tests/experiments/training
//   OMP_NUM_THREADS=1 tools/bazel run //$folder:make_loss_curve $PWD/$folder

#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "tests/experiments/training/rendered_training.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

absl::Status MakeLossCurve(const std::string& test_folder) {
  const std::string folder = JoinPath(test_folder, "golden");
  Files& files = Files::Real();
  ASSIGN_OR_RETURN(TinyCorpus corpus, RenderCorpus());
  RETURN_IF_ERROR(TokenizeCorpus(corpus));
  RETURN_IF_ERROR(files.CreateDirectories(folder));
  RETURN_IF_ERROR(files.WriteAtomically(JoinPath(folder, kGoldenCodesName),
                                        FormatCodes(corpus)));
  ASSIGN_OR_RETURN(const std::vector<LossOfUpdate> curve,
                   TrainOn(std::move(corpus)));
  return files.WriteAtomically(JoinPath(folder, kGoldenCurveName),
                               FormatLossCurve(curve));
}

}  // namespace
}  // namespace culturemert

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_loss_curve FOLDER\n";
    return 2;
  }
  const absl::Status status = culturemert::MakeLossCurve(argv[1]);
  if (status.ok()) return 0;
  std::cerr << status.message() << "\n";
  return 1;
}

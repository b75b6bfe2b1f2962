#include "tools/culturemert/common_flags.h"

#include <cstdlib>

#include "absl/flags/flag.h"
#include "tools/base/files/paths.h"

ABSL_FLAG(std::string, audio, "", "the audio file to read");
ABSL_FLAG(std::string, data_root, "",
          "folder of the licensed data sets; without it "
          "CULTUREMERT_DATA_ROOT is used");
ABSL_FLAG(std::string, dataset, "",
          "the data set: mtat, fma_medium, lyra, turkish_makam, "
          "hindustani, carnatic, music4all, or a folder with a labels.csv");
ABSL_FLAG(std::string, device, "auto",
          "where to compute: auto, cpu, cuda or cuda:N");
ABSL_FLAG(std::string, output, "", "the file or folder to write");
ABSL_FLAG(std::vector<std::string>, set, {},
          "settings of the command, path=value, several joined by commas; its "
          "usage names some");
ABSL_FLAG(std::string, weights, "",
          "the model: a checkpoint file, or a folder with one");

namespace culturemert {

std::string DataRoot() {
  std::string root = absl::GetFlag(FLAGS_data_root);
  if (root.empty()) {
    const char* stated = std::getenv("CULTUREMERT_DATA_ROOT");
    if (stated != nullptr) root = stated;
  }
  return root.empty() ? root : ResolveUserPath(root);
}

}  // namespace culturemert

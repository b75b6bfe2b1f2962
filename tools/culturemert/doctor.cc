// culturemert doctor: what this program and this machine are made of, and what
// is missing.

#include <sys/sysinfo.h>

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "fluidsynth.h"
#include "models/device/cuda_backend.h"
#include "models/device/runtime.h"
#include "mpg123.h"
#include "sndfile.h"
#include "soxr.h"
#include "tools/base/console/human.h"
#include "tools/base/files/files.h"
#include "tools/base/files/paths.h"
#include "tools/base/parallel/available_cpus.h"
#include "tools/culturemert/command.h"
#include "tools/culturemert/common_flags.h"
#include "tools/culturemert/findings.h"

namespace culturemert {
namespace {

constexpr char kSoundFont[] = "/usr/share/sounds/sf2/TimGM6mb.sf2";
constexpr char kTablaSamples[] = "/usr/share/sonic-pi/samples";

#ifdef CULTUREMERT_WITH_CUDA
constexpr bool kBuiltWithCuda = true;
#else
constexpr bool kBuiltWithCuda = false;
#endif

Finding Good(std::string section, std::string name, std::string value) {
  return {std::move(section), std::move(name), std::move(value), Health::kGood,
          ""};
}

void AddProgram(std::vector<Finding>* findings) {
  const std::string section = "this program";
  const TorchRuntime torch = QueryTorchRuntime();
  Finding libtorch =
      Good(section, "LibTorch",
           absl::StrCat(torch.loaded, ", ", torch.cpu_capability,
                        " kernels, MKL ", torch.blas, ", ", torch.threads,
                        torch.threads == 1 ? " thread" : " threads"));
  if (torch.loaded != torch.built_against) {
    libtorch.health = Health::kMissing;
    libtorch.remedy = absl::StrCat(
        "the program was built against ", torch.built_against,
        "; unset LD_LIBRARY_PATH or name a LibTorch of that version");
  }
  findings->push_back(libtorch);
  findings->push_back(Good(section, "compiler",
                           absl::StrCat(
#ifdef __clang__
                               "clang ",
#else
                               "g++ ",
#endif
                               __VERSION__, ", C++", __cplusplus / 100 % 100,
#ifdef NDEBUG
                               ", optimised"
#else
                               ", with assertions"
#endif
                               )));
  Finding kernels = Good(section, "CUDA kernels", "built");
  if (!kBuiltWithCuda) {
    kernels.value = "not built";
    kernels.health = Health::kOptional;
    kernels.remedy = "with the CUDA toolkit: tools/bazel build --config=cuda";
  }
  findings->push_back(kernels);
}

std::string ProcessorName(Files& files) {
  const absl::StatusOr<std::string> text = files.Read("/proc/cpuinfo");
  if (!text.ok()) return "unknown";
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (!absl::StartsWith(line, "model name")) continue;
    const std::vector<absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    if (parts.size() == 2) return std::string(parts[1]);
  }
  return "unknown";
}

void AddGpus(std::vector<Finding>* findings) {
  const absl::StatusOr<CudaBackend>& cuda = ProcessCudaBackend();
  if (!cuda.ok()) {
    findings->push_back({"this machine", "GPU", "none that can be used",
                         Health::kOptional,
                         std::string(cuda.status().message())});
    return;
  }
  for (const Gpu& gpu : cuda->driver.gpus) {
    findings->push_back(
        Good("this machine", "GPU",
             absl::StrCat(gpu.name, ", ", FormatBytes(gpu.memory_bytes),
                          ", compute capability ", gpu.compute_capability_major,
                          ".", gpu.compute_capability_minor)));
  }
  findings->push_back(
      Good("this machine", "GPU driver",
           absl::StrCat("runs CUDA up to ", cuda->driver.cuda_version)));
  findings->push_back(Good("this machine", "LibTorch for CUDA", cuda->library));
}

void AddMachine(Files& files, std::vector<Finding>* findings) {
  const std::string section = "this machine";
  const int cpus = AvailableCpus(files);
  findings->push_back(Good(section, "processor",
                           absl::StrCat(ProcessorName(files), ", ", cpus,
                                        cpus == 1 ? " CPU" : " CPUs")));
  struct sysinfo memory;
  if (sysinfo(&memory) == 0) {
    const std::uint64_t unit_bytes = memory.mem_unit;
    findings->push_back(
        Good(section, "memory", FormatBytes(memory.totalram * unit_bytes)));
  }
  AddGpus(findings);
  std::error_code ignored;
  const std::string here =
      std::filesystem::weakly_canonical(ResolveUserPath("."), ignored);
  const absl::StatusOr<std::uint64_t> free_bytes = files.FreeSpaceBytes(here);
  findings->push_back(Good(
      section, "free space",
      free_bytes.ok() ? absl::StrCat(FormatBytes(*free_bytes), " at ", here)
                      : std::string(free_bytes.status().message())));
}

Finding InstalledFile(Files& files, std::string name, std::string path,
                      const std::string& package) {
  Finding finding = Good("audio and rendering", std::move(name), path);
  if (!files.Exists(path)) {
    finding.health = Health::kMissing;
    finding.value = absl::StrCat("no ", path);
    finding.remedy = absl::StrCat("sudo apt-get install ", package);
  }
  return finding;
}

void AddAudio(Files& files, std::vector<Finding>* findings) {
  const std::string section = "audio and rendering";
  absl::string_view sndfile = sf_version_string();
  absl::ConsumePrefix(&sndfile, "libsndfile-");
  findings->push_back(Good(section, "libsndfile", std::string(sndfile)));
  const char* const* decoders = mpg123_supported_decoders();
  findings->push_back(
      Good(section, "libmpg123",
           absl::StrCat("API ", MPG123_API_VERSION, ", decoder ",
                        decoders[0] == nullptr ? "none" : decoders[0])));
  absl::string_view resampler = soxr_version();
  absl::ConsumePrefix(&resampler, "libsoxr-");
  findings->push_back(Good(section, "libsoxr", std::string(resampler)));
  findings->push_back(Good(section, "libfluidsynth", fluid_version_str()));
  findings->push_back(
      InstalledFile(files, "sound font", kSoundFont, "timgm6mb-soundfont"));
  findings->push_back(
      InstalledFile(files, "tabla samples", kTablaSamples, "sonic-pi-samples"));
}

void AddData(Files& files, std::vector<Finding>* findings) {
  Finding finding = Good("data", "data root", "");
  const std::string root = DataRoot();
  if (root.empty()) {
    finding.value = "not set";
    finding.health = Health::kOptional;
    finding.remedy =
        "for licensed data sets: --data_root=DIR or "
        "export CULTUREMERT_DATA_ROOT=DIR";
  } else {
    const absl::StatusOr<std::vector<DirectoryEntry>> entries =
        files.List(root);
    finding.value = root;
    if (entries.ok()) {
      absl::StrAppend(&finding.value, ", ", entries->size(),
                      entries->size() == 1 ? " entry" : " entries");
    } else {
      finding.health = Health::kMissing;
      finding.remedy = absl::StrCat(entries.status().message(),
                                    "; name the folder of your data sets");
    }
  }
  findings->push_back(finding);
}

absl::Status RunDoctor(const std::vector<std::string>& arguments,
                       std::ostream& out) {
  if (!arguments.empty()) {
    return UsageError(absl::StrCat("unexpected '", arguments.front(), "'"));
  }
  std::vector<Finding> findings;
  AddProgram(&findings);
  AddMachine(Files::Real(), &findings);
  AddAudio(Files::Real(), &findings);
  AddData(Files::Real(), &findings);
  out << FormatFindings(findings);
  const int missing = CountMissing(findings);
  if (missing == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(missing, " missing"));
}

const bool registered = RegisterCommand(
    {"doctor",
     "shows what this machine has, what is missing, how to get it",
     "[--data_root=DIR]",
     {"data_root"},
     &RunDoctor});

}  // namespace
}  // namespace culturemert

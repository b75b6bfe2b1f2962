// The constant-Q transform against nnAudio's CQT1992v2, whose float32 kernels
// were applied in float64 to noise, a sweep, impulses at the edges, silence and
// a music-like signal.

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/cqt/cqt_kernels.h"
#include "models/cqt/cqt_options.h"
#include "models/cqt/cqt_teacher.h"
#include "tests/parity/parity_cases.h"
#include "tests/parity/parity_report.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

// Of the largest magnitude. The original in float32 is up to 1.4e-5 away from
// itself in float64.
constexpr double kMagnitudeBar = 1e-5;

class CqtParityTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = CaseFolder("cqt");
    case_ = ReadCase(folder_);
    absl::StatusOr<std::unique_ptr<CqtTeacher>> teacher =
        CqtTeacher::Create(CqtOptions());
    ASSERT_THAT(teacher, IsOk());
    teacher_ = *std::move(teacher);
  }

  void CompareAll(at::ScalarType type, const std::string& suffix) {
    for (const auto& [name, about] : case_["files"].items()) {
      const at::Tensor audio =
          ReadAudio(folder_ + "/audio_" + name + ".wav").unsqueeze(0);
      const at::Tensor expected =
          ReadNpy(folder_ + "/cqt_" + name + ".npy").to(at::kDouble);
      const absl::StatusOr<at::Tensor> magnitudes =
          teacher_->Magnitudes(audio.to(type));
      ASSERT_THAT(magnitudes, IsOk());
      const at::Tensor found = magnitudes->select(0, 0).to(at::kDouble);
      ASSERT_EQ(found.sizes(), expected.sizes());
      const double error = (found - expected).abs().max().item<double>();
      const double largest = expected.abs().max().item<double>();
      // Silence has no largest magnitude: there the difference must be 0.
      ReportParity("cqt", name + suffix, largest > 0 ? error / largest : error,
                   largest > 0 ? kMagnitudeBar : 0);
    }
  }

  std::string folder_;
  nlohmann::json case_;
  std::unique_ptr<CqtTeacher> teacher_;
};

TEST_F(CqtParityTest, KernelLengthsAreThoseOfTheOriginal) {
  const std::vector<CqtBin> bins = CqtBins(CqtOptions());
  std::int64_t sum = 0;
  for (const CqtBin& bin : bins) sum += bin.length;
  EXPECT_EQ(sum, case_["lengths_sum"].get<std::int64_t>());
  const auto first = case_["lengths_first"].get<std::vector<std::int64_t>>();
  const auto last = case_["lengths_last"].get<std::vector<std::int64_t>>();
  ASSERT_LE(first.size() + last.size(), bins.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(bins[i].length, first[i]);
  }
  for (std::size_t i = 0; i < last.size(); ++i) {
    EXPECT_EQ(bins[bins.size() - last.size() + i].length, last[i]);
  }
}

TEST_F(CqtParityTest, MagnitudesAreThoseOfTheOriginal) {
  CompareAll(at::kFloat, "_max_relative");
}

TEST_F(CqtParityTest, MagnitudesInFloat64AreThoseOfTheOriginal) {
  CompareAll(at::kDouble, "_float64_max_relative");
}

}  // namespace
}  // namespace culturemert

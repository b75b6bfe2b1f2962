#include "models/encodec/encodec_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::map<std::string, std::vector<std::int64_t>> Shapes(
    const EncodecConfig& config) {
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const TensorSpec& spec : EncodecTensors(config)) {
    EXPECT_TRUE(shapes.emplace(spec.name, spec.shape).second) << spec.name;
  }
  return shapes;
}

TEST(EncodecConfigTest, DefaultsAreThePublishedModel) {
  const EncodecConfig config;
  EXPECT_THAT(CheckEncodecConfig(config), IsOk());
  EXPECT_EQ(EncodecLstmWidth(config), 512);
  const auto shapes = Shapes(config);
  EXPECT_THAT(shapes.at("encoder.layers.0.conv.weight_v"),
              ElementsAre(32, 1, 7));
  EXPECT_THAT(shapes.at("encoder.layers.10.block.1.conv.weight_v"),
              ElementsAre(128, 256, 3));
  EXPECT_THAT(shapes.at("encoder.layers.10.shortcut.conv.bias"),
              ElementsAre(256));
  EXPECT_THAT(shapes.at("encoder.layers.12.conv.weight_v"),
              ElementsAre(512, 256, 16));
  EXPECT_THAT(shapes.at("encoder.layers.13.lstm.weight_hh_l1"),
              ElementsAre(2048, 512));
  EXPECT_THAT(shapes.at("encoder.layers.15.conv.weight_g"),
              ElementsAre(128, 1, 1));
  EXPECT_THAT(shapes.at("quantizer.layers.31.codebook.embed"),
              ElementsAre(1024, 128));
  std::int64_t values = 0;
  for (const auto& [name, shape] : shapes) {
    std::int64_t size = 1;
    for (const std::int64_t extent : shape) size *= extent;
    values += size;
  }
  EXPECT_EQ(values, 7425792 + 32 * 1024 * 128);
}

TEST(EncodecConfigTest, TheLastFrameMayBeCut) {
  EXPECT_EQ(EncodecFrames(1), 1);
  EXPECT_EQ(EncodecFrames(320), 1);
  EXPECT_EQ(EncodecFrames(321), 2);
  EXPECT_EQ(EncodecFrames(24000), 75);
  EXPECT_EQ(EncodecFrames(120000), 375);
}

TEST(EncodecConfigTest, WhatDoesNotFitIsNamed) {
  const auto problem = [](auto change) {
    EncodecConfig config;
    change(config);
    return CheckEncodecConfig(config);
  };
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  EXPECT_THAT(problem([](EncodecConfig& c) { c.base_width = 3; }),
              StatusIs(kInvalid, HasSubstr("base_width is 3")));
  EXPECT_THAT(problem([](EncodecConfig& c) { c.latent_size = 0; }),
              StatusIs(kInvalid, HasSubstr("latent_size is 0")));
  EXPECT_THAT(problem([](EncodecConfig& c) { c.books = 257; }),
              StatusIs(kInvalid, HasSubstr("books is 257")));
  EXPECT_THAT(problem([](EncodecConfig& c) { c.codes_per_book = -1; }),
              StatusIs(kInvalid, HasSubstr("codes_per_book is -1")));
  EXPECT_THAT(problem([](EncodecConfig& c) { c.lstm_layers = 9; }),
              StatusIs(kInvalid, HasSubstr("lstm_layers is 9")));
  EXPECT_THAT(problem([](EncodecConfig& c) { c.ratios = {}; }),
              StatusIs(kInvalid, HasSubstr("0 ratios")));
  EXPECT_THAT(problem([](EncodecConfig& c) {
                c.ratios = {1, 320};
              }),
              StatusIs(kInvalid, HasSubstr("a ratio is 1")));
  EXPECT_THAT(problem([](EncodecConfig& c) {
                c.ratios = {2, 4, 5, 4};
              }),
              StatusIs(kInvalid, HasSubstr("product of the ratios is 160")));
  EXPECT_THAT(problem([](EncodecConfig& c) {
                c.base_width = 4096;
                c.ratios = {2, 2, 2, 2, 2, 10};
              }),
              StatusIs(kInvalid, HasSubstr("width behind the last ratio")));
}

}  // namespace
}  // namespace culturemert

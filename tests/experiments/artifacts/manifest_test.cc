#include "experiments/artifacts/manifest.h"

#include <cstddef>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/hash/hash.h"
#include "tools/base/status/status_matchers.h"

namespace culturemert {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ArtifactManifest Example() {
  ArtifactManifest manifest;
  manifest.recipe.action = "tokenize";
  manifest.recipe.version = 2;
  manifest.recipe.config = {{"books", 8}};
  manifest.recipe.inputs["audio"] = {"prepare", {1, 2}};
  manifest.key = *ComputeArtifactKey(manifest.recipe);
  manifest.label = "makam · codes";
  manifest.files = {{"a.npy", 10, {5, 6}}, {"parts/b.npy", 20, {7, 8}}};
  manifest.facts = {{"hours", 1.5}};
  manifest.wall_seconds = 12.5;
  manifest.peak_bytes = 1 << 20;
  manifest.finished = absl::FromUnixSeconds(1700000000);
  return manifest;
}

std::string Format(const ArtifactManifest& manifest) {
  const auto text = FormatManifest(manifest);
  EXPECT_THAT(text, IsOk());
  return text.ok() ? *text : "";
}

// As text, with a checksum that fits.
std::string Sealed(nlohmann::json json) {
  json.erase("manifest_xxh3");
  json["manifest_xxh3"] =
      HashBytes(absl::string_view(*CanonicalJson(json))).ToHex();
  return json.dump();
}

TEST(ManifestTest, ReadsWhatItWrote) {
  const auto manifest = ParseManifest(Format(Example()), "m.json");
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(Format(*manifest), Format(Example()));
  EXPECT_EQ(manifest->label, "makam · codes");
  EXPECT_EQ(manifest->recipe.inputs.at("audio").action, "prepare");
  EXPECT_EQ(manifest->files.at(1).name, "parts/b.npy");
  EXPECT_EQ(manifest->size_bytes(), 30);
  EXPECT_EQ(manifest->finished, Example().finished);
  EXPECT_TRUE(manifest->id() == Example().id());
}

TEST(ManifestTest, EveryFlippedBitIsDamage) {
  const std::string text = Format(Example());
  for (std::size_t i = 0; i < text.size() - 1; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = text;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      EXPECT_THAT(ParseManifest(damaged, "m.json"),
                  StatusIs(absl::StatusCode::kDataLoss, HasSubstr("m.json")))
          << damaged;
    }
  }
}

TEST(ManifestTest, EveryShortenedTextIsDamage) {
  const std::string text = Format(Example());
  for (std::size_t size = 0; size < text.size() - 2; ++size) {
    EXPECT_THAT(ParseManifest(text.substr(0, size), "m.json"),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("m.json")));
  }
}

TEST(ManifestTest, SealedNonsenseIsRefusedToo) {
  const nlohmann::json good = nlohmann::json::parse(Format(Example()));
  const auto expect_refused = [&](const char* path, const nlohmann::json& value,
                                  const char* message) {
    nlohmann::json json = good;
    json[nlohmann::json::json_pointer(path)] = value;
    EXPECT_THAT(ParseManifest(Sealed(json), "m.json"),
                StatusIs(absl::StatusCode::kDataLoss,
                         AllOf(HasSubstr("m.json"), HasSubstr(message))))
        << path;
  };
  EXPECT_THAT(ParseManifest(Sealed(good), "m.json"), IsOk());
  expect_refused("/format_version", 2, "of version 1, which this");
  expect_refused("/files/0/name", "../escape", "..");
  expect_refused("/files/0/name", "/etc/passwd", "/etc/passwd");
  expect_refused("/files/0/bytes", -1, "\"bytes\" is -1");
  expect_refused("/peak_bytes", 1.5, "\"peak_bytes\" is 1.5");
  expect_refused("/files/0/xxh3", "12", "12");
  expect_refused("/config/books", 9, "its recipe has");
  expect_refused("/key", Hash128{1, 1}.ToHex(), "its recipe has");
  expect_refused("/finished", "yesterday", "finished");
  expect_refused("/inputs", 7, "type");
  EXPECT_THAT(ParseManifest("[]", "m.json"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("m.json")));
}

}  // namespace
}  // namespace culturemert

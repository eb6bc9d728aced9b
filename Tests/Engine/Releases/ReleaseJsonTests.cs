using System.Text;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Releases;

public sealed class ReleaseJsonTests
{
    private const string Text =
        """{"id":"a/b|pipe|0123456789abcdef|q|1001709251200000|3600000","account":"a/b","pipeline":"pipe","plan_hash":"0123456789abcdef","query":"q","window":{"start":"2024-03-01T00:00:00.000Z","end":"2024-03-01T01:00:00.000Z"},"aggregate":"sum(bytes)","mechanism":"discrete-laplace(scale=20)","group_by":["path"],"confidence":0.95,"groups":[{"key":["/a?b=\"1\"&c=é"],"value":-3,"low":-4.50,"high":79228162514264337593543950335}],"receipt":{"period_start":"2024-03-01T00:00:00.000Z","composition_group":"g","max_windows":3,"cost":{"measure":"pure","nano_epsilon":5},"charged":{"measure":"approximate","nano_epsilon":5,"atto_delta":0},"spent_in_period":{"measure":"approximate","nano_epsilon":9223372036854775807,"atto_delta":7},"left_in_period":{"measure":"zero-concentrated","nano_rho":0},"ledger_version":2,"stored_at":"2024-03-01T12:00:00.007Z"}}""";

    [Fact]
    public void A_release_has_this_form_and_comes_back_exactly()
    {
        var release = ReleaseJson.Read(Encoding.UTF8.GetBytes(Text));
        Assert.Equal(Text, Encoding.UTF8.GetString(ReleaseJson.ToUtf8(release)));
        Assert.Equal(new ReleaseId("a/b", "pipe", "q", "0123456789abcdef", new TimeWindow(1709251200000, 1709254800000)), release.Id);
        Assert.Equal(decimal.MaxValue, release.Groups[0].High);
        Assert.Equal("/a?b=\"1\"&c=é", release.Groups[0].Key[0]);
        Assert.Equal(PrivacyCost.FromUnits(PrivacyMeasure.Approximate, long.MaxValue, 7), release.Receipt.SpentInPeriod);
    }

    [Theory]
    [InlineData("\"query\":\"q\"", "\"query\":\"r\"", "'id'")]
    [InlineData("\"query\":\"q\",", "", "'query'")]
    [InlineData("T00:00:00.000Z\",\"end", "T00:00:00Z\",\"end", "'start'")]
    [InlineData("\"confidence\":0.95", "\"confidence\":\"0.95\"", "'confidence'")]
    [InlineData("\"max_windows\":3", "\"max_windows\":3000000000", "'max_windows'")]
    [InlineData("\"nano_epsilon\":5}", "\"nano_epsilon\":-5}", "'nano_epsilon'")]
    [InlineData("\"measure\":\"pure\"", "\"measure\":\"poor\"", "'measure'")]
    [InlineData("79228162514264337593543950335", "1e99", "'high'")]
    [InlineData("\"confidence\":0.95", "\"confidence\":1e400", "'confidence'")]
    [InlineData("[\"path\"]", "[7]", "'group_by'")]
    [InlineData("\"key\":[\"/a", "\"key\":[\"\\uD83D/a", "surrogate")]
    [InlineData("}}", "}", "line")]
    public void Damage_is_named_by_its_field_without_quoting_it(string from, string to, string words)
    {
        Assert.Contains(from, Text);
        var failure = Assert.Throws<FormatException>(() => ReleaseJson.Read(Encoding.UTF8.GetBytes(Text.Replace(from, to))));
        Assert.Contains(words, failure.Message);
        Assert.DoesNotContain("/a?b", failure.Message);
    }

    [Fact]
    public void Windows_before_1970_and_parts_of_seconds_survive()
    {
        var release = ReleaseJson.Read(Encoding.UTF8.GetBytes(Text));
        var old = release with { Id = release.Id with { Window = new TimeWindow(-62135596800000, -1) } };
        Assert.Equal(old.Id, ReleaseJson.Read(ReleaseJson.ToUtf8(old)).Id);
    }
}

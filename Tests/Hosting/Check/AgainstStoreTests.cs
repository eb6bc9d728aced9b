using AkkaPrivacy.Tests.Hosting.Reload;
using Xunit;
using static AkkaPrivacy.Tests.Hosting.Reload.LiveSite;

namespace AkkaPrivacy.Tests.Hosting.Check;

public sealed class AgainstStoreTests : IDisposable
{
    private readonly LiveSite _site = new();

    [Fact]
    public async Task A_configuration_is_checked_against_what_a_store_holds()
    {
        _site.Append(0, 3);
        var file = _site.Configure("site.conf", A, B);
        Assert.Equal(0, (await _site.Program.RunAsync("run", file, "--db", _site.Store)).Code);

        var same = await _site.Program.RunAsync("check", file, "--against", _site.Store, "--json");
        var against = same.Json().GetProperty("against");
        Assert.Equal((0, true, false), (same.Code, against.GetProperty("keeps_state").GetBoolean(), against.GetProperty("refused").GetBoolean()));
        Assert.All(against.GetProperty("queries").EnumerateArray(), query => Assert.Equal((true, 3), (query.GetProperty("in_file").GetBoolean(), query.GetProperty("releases").GetInt32())));
        var period = against.GetProperty("open_periods")[0];
        Assert.Equal((0.5, 2.1), (period.GetProperty("spent").GetProperty("epsilon").GetDouble(), period.GetProperty("may_charge").GetProperty("epsilon").GetDouble()));

        var other = await _site.Program.RunAsync("check", _site.Configure("other.conf", A, C), "--against", _site.Store);
        Assert.Equal((0, ""), (other.Code, other.Error));
        Assert.Contains("has no state to go on from and reads the input from its start", other.Output, StringComparison.Ordinal);
        Assert.Contains("not in the file: its releases stay as they are", other.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pipeline.queries.a.noise.epsilon=0.2", 2, "query 'a' would mean other numbers under the same name")]
    [InlineData("pipeline.account.budget.epsilon=11", 2, "PolicyMismatch")]
    [InlineData("pipeline.keys.file=another.key", 2, "was made under key")]
    [InlineData("pipeline.runtime.resume=false", 0, "has no state to go on from")]
    public async Task What_a_store_refuses_has_its_reason(string set, int code, string text)
    {
        _site.Append(0, 3);
        var file = _site.Configure("site.conf", A);
        Assert.Equal(0, (await _site.Program.RunAsync("run", file, "--db", _site.Store)).Code);
        var result = await _site.Program.RunAsync("check", file, "--set", set, "--against", _site.Store);
        Assert.Equal((code, ""), (result.Code, result.Error));
        Assert.Contains(text, result.Output, StringComparison.Ordinal);

        // Nothing was changed: the file goes on as it was.
        Assert.Equal(0, (await _site.Program.RunAsync("check", file, "--against", _site.Store)).Code);
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_no_store()
    {
        var result = await _site.Program.RunAsync("check", _site.Configure("site.conf", A), "--against", _site.Store, "--json");
        Assert.Equal((5, 5), (result.Code, result.Json().GetProperty("error").GetProperty("exit_code").GetInt32()));
        Assert.False(File.Exists(_site.Store));
    }

    public void Dispose() => _site.Dispose();
}

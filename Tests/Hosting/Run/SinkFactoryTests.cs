using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Tests.Hosting.Commands;
using AkkaPrivacy.Tests.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Run;

public sealed class SinkFactoryTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Releases_stay_and_the_next_run_goes_on_when_a_receiver_is_gone()
    {
        var log = _program.Write("a.log", AccessLogs.Small());
        var secret = _program.Write("secret", "0123456789abcdef-canary\n");
        var hook = $"pipeline.sinks.hook={{type=webhook,url=\"http://127.0.0.1:1/\",secret-file=\"{secret}\",patience=1s}}";
        var failed = await _program.RunLogAsync(log, "--set", hook);
        Assert.Equal(6, failed.Code);
        Assert.Contains("The receiver at 'http://127.0.0.1:1/' did not take release", failed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failed.Error, StringComparison.Ordinal);
        var sheet = _program.PathOf("releases.csv");
        var again = await _program.RunLogAsync(log, "--set", $"pipeline.sinks.sheet={{type=csv,path=\"{sheet}\"}}");
        Assert.Equal(0, again.Code);
        Assert.True((await File.ReadAllLinesAsync(sheet)).Length > 98);
    }

    [Theory]
    [InlineData("{type=webhook,url=\"http://127.0.0.1:1/\",secret-file=none}", "pipeline.sinks.x.secret-file: the file 'none' cannot be read")]
    [InlineData("{type=webhook,url=\"http://127.0.0.1:1/\",token-env=AKKAPRIVACY_NO_SUCH}", "pipeline.sinks.x.token-env: the environment variable 'AKKAPRIVACY_NO_SUCH' is not set")]
    [InlineData("{type=postgres-table,connection=\"Host=x\",password-file=none}", "pipeline.sinks.x.password-file: the file 'none'")]
    public async Task A_secret_that_is_not_there_is_a_mistake_of_configuration(string sink, string message)
    {
        var result = await _program.RunLogAsync(_program.Write("a.log", AccessLogs.Small()), "--set", $"pipeline.sinks.x={sink}");
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{type=postgres-table,connection=\"Host=x;Password=canary\"}", "pipeline.sinks.x.connection", "found a password")]
    [InlineData("{type=postgres-table,connection=\"Host=x; PWD = canary\"}", "pipeline.sinks.x.connection", "found a password")]
    [InlineData("{type=postgres-table,connection=\"Host=x\",schema=\"a b\"}", "pipeline.sinks.x.schema", "a schema name")]
    [InlineData("{type=postgres-table,connection=\"Host=x\",password-file=a,password-env=b}", "pipeline.sinks.x.password-env", "one of the two")]
    [InlineData("{type=webhook,url=\"ftp://x/\"}", "pipeline.sinks.x.url", "an absolute https or http address")]
    [InlineData("{type=webhook,url=\"http://x/\",timeout=1h}", "pipeline.sinks.x.timeout", "from 100ms to 10m")]
    [InlineData("{type=csv}", "pipeline.sinks.x.path", "missing")]
    public void Mistakes_are_named(string sink, string key, string message)
    {
        var error = Assert.Single(Pipelines.Errors(Pipelines.Sound, $"pipeline.sinks.x={sink}"));
        Assert.Equal(key, error.Key);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.Message, StringComparison.Ordinal);
    }
}

using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

public sealed class RuntimeOptionTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task An_unknown_runtime_is_refused_with_the_known_ones()
    {
        var result = await _program.RunLogAsync(_program.Write("a.log", ""), "--runtime", "threads");
        Assert.Equal(2, result.Code);
        Assert.Contains("'threads'", result.Error, StringComparison.Ordinal);
        Assert.Contains("'embedded'", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "2551")]
    [InlineData("--seed", "127.0.0.1:2551")]
    [InlineData("--cluster", "cluster.conf")]
    public async Task Options_of_a_cluster_go_with_its_runtime_only(params string[] options)
    {
        var result = await _program.RunLogAsync(_program.Write("a.log", ""), options);
        Assert.Equal(2, result.Code);
        Assert.Contains(options[0], result.Error, StringComparison.Ordinal);
    }

#if !AKKANET
    [Fact]
    public async Task A_build_without_the_runtime_says_how_to_build_it()
    {
        var result = await _program.RunLogAsync(_program.Write("a.log", ""), "--runtime", "akka");
        Assert.Equal(2, result.Code);
        Assert.Contains("-p:AkkaNet=true", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_program.PathOf("a.db")));
    }

    [Fact]
    public async Task A_build_without_the_runtime_cannot_check_a_node()
    {
        var result = await _program.RunAsync("check", TestProgram.AccessLogConf, "--cluster", "cluster.conf");
        Assert.Equal(2, result.Code);
        Assert.Contains("-p:AkkaNet=true", result.Error, StringComparison.Ordinal);
    }
#endif
}

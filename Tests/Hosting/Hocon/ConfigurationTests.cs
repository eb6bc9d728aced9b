using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Hosting.Hocon.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Hocon;

public sealed class ConfigurationTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Keys_are_flattened()
    {
        var configuration = Build("a { b = 1, c = [x, {d = yes}], n = null, o {}, e = [] }, t = 10 ms");
        Assert.Equal("1", configuration["a:b"]);
        Assert.Equal("x", configuration["A:C:0"]);
        Assert.Equal("yes", configuration["a:c:1:d"]);
        Assert.Equal("10 ms", configuration["t"]);
        Assert.Equal("", configuration["a:e"]);
        var flat = configuration.AsEnumerable().ToDictionary();
        Assert.Null(flat["a:n"]);
        Assert.Null(flat["a:o"]);
        Assert.True(configuration.GetSection("a:n").Value is null);
    }

    [Fact]
    public void Overrides_come_before_resolution_and_sources_stack()
    {
        File.WriteAllText(_path, "host = a, url = ${host}/x, list = [1, 2, 3]");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("host", "below"), new("other", "kept")])
            .AddHocon(_path, overrides: [HoconOverride.Parse("host=b"), HoconOverride.Parse("host=c")])
            .Build();
        Assert.Equal(("c", "c/x", "kept"), (configuration["host"], configuration["url"], configuration["other"]));
    }

    [Fact]
    public void A_missing_file_is_empty_when_optional()
    {
        var missing = _path + ".missing";
        var configuration = new ConfigurationBuilder().AddHocon(missing, optional: true, [HoconOverride.Parse("a=1")]).Build();
        Assert.Equal("1", configuration["a"]);
        Assert.Throws<HoconException>(() => new ConfigurationBuilder().AddHocon(missing).Build());
    }

    [Theory]
    [InlineData("Foo = 1\nfoo = 2", 2)]
    [InlineData("a.b = 1\n\"a:b\" = 2", 2)]
    public void Keys_that_collide_when_flat_are_refused(string text, int line)
    {
        var error = Assert.Single(Assert.Throws<HoconException>(() => Build(text)).Errors);
        Assert.Equal(line, error.Origin.Line);
        Assert.Contains($"{_path}:1:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_source_takes_a_fallback_and_an_environment()
    {
        File.WriteAllText(_path, "a = ${NAME}");
        IConfigurationSource source = new HoconConfigurationSource
        {
            Path = _path,
            Fallback = HoconDocument.Parse("b = ${a}", "reference.conf"),
            EnvironmentLookup = name => name == "NAME" ? "value" : null,
        };
        Assert.Equal("value", new ConfigurationBuilder().Add(source).Build()["b"]);
    }

    private IConfigurationRoot Build(string text)
    {
        File.WriteAllText(_path, text);
        return new ConfigurationBuilder().AddHocon(_path).Build();
    }
}

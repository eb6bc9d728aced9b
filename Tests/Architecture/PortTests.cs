using AkkaPrivacy.Engine.Runtime.Firing;
using Xunit;

namespace AkkaPrivacy.Tests.Architecture;

/// <summary>Time, randomness and I/O come through ports.</summary>
public sealed class PortTests
{
    private static readonly string[] Io =
    [
        "System.Net.", "System.Console", "System.Diagnostics.Process", "System.Data.", "Microsoft.", "System.Runtime.InteropServices.NativeLibrary",
        "System.IO.File", "System.IO.Directory", "System.IO.Path", "System.IO.Drive", "System.IO.RandomAccess", "System.IO.Pipes", "System.IO.StreamReader",
        "System.IO.StreamWriter", "System.IO.Compression", "System.IO.MemoryMappedFiles", "System.Environment.GetEnvironmentVariable", "System.Environment.Exit",
    ];

    private static readonly string[] Ambient =
    [
        "System.Random", "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now",
        "System.DateTimeOffset.get_UtcNow", "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Guid.NewGuid",
        "System.Guid.CreateVersion7", "System.Diagnostics.Stopwatch", "System.Threading.Thread.Sleep", "System.Threading.Timer", "System.Timers.",
    ];

    [Theory]
    [InlineData("AkkaPrivacy.Engine.dll")]
    [InlineData("AkkaPrivacy.Operators.dll")]
    [InlineData("AkkaPrivacy.Ledger.dll")]
    public void Domain_logic_does_no_io(string assembly) => AssertFree(assembly, Io);

    [Theory]
    [InlineData("AkkaPrivacy.Engine.dll")]
    [InlineData("AkkaPrivacy.Operators.dll")]
    [InlineData("AkkaPrivacy.Ledger.dll")]
    [InlineData("AkkaPrivacy.Storage.dll")]
    [InlineData("AkkaPrivacy.Connectors.dll")]
    [InlineData("akkaprivacy.dll")]
    [InlineData("AkkaPrivacy.TestKit.dll")]
    public void The_product_asks_no_ambient_clock_and_no_weak_randomness(string assembly) => AssertFree(assembly, Ambient);

    [Fact]
    public void The_check_would_see_a_forbidden_call()
    {
        var used = AssemblyCalls.Of(Path.Combine(AppContext.BaseDirectory, "AkkaPrivacy.Connectors.dll"));
        Assert.Contains(used, name => Io.Any(forbidden => Matches(name, forbidden)));
        Assert.True(Matches("System.DateTime.get_UtcNow", "System.DateTime.get_UtcNow"));
        Assert.True(Matches("System.IO.FileStream", "System.IO.File"));
    }

    [Fact]
    public void Only_the_demo_and_tests_can_see_bounded_true_values()
    {
        var assemblies = Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Where(path => Path.GetFileName(path).StartsWith("AkkaPrivacy", StringComparison.OrdinalIgnoreCase))
            .Select(path => System.Reflection.Assembly.Load(Path.GetFileNameWithoutExtension(path)));
        var taps = assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsClass && typeof(IBoundedTruthTap).IsAssignableFrom(type))
            .Select(type => type.Namespace!)
            .ToList();

        Assert.NotEmpty(taps);
        Assert.All(taps, name => Assert.Matches(@"^AkkaPrivacy\.(Hosting\.Demo|Tests|LoadTests|TestKit)(\.|$)", name));
        Assert.False(typeof(IBoundedTruthTap).IsPublic);
    }

    private static void AssertFree(string assembly, string[] forbidden)
    {
        var used = AssemblyCalls.Of(Path.Combine(AppContext.BaseDirectory, assembly));
        Assert.NotEmpty(used);
        Assert.DoesNotContain(used, name => forbidden.Any(prefix => Matches(name, prefix)));
    }

    // Whole names, namespaces with their dot, and families of I/O types (FileStream, FileInfo, DirectoryInfo).
    private static bool Matches(string name, string forbidden) =>
        forbidden.EndsWith('.') || forbidden.StartsWith("System.IO.", StringComparison.Ordinal)
            ? name.StartsWith(forbidden, StringComparison.Ordinal)
            : name == forbidden || name.StartsWith(forbidden + ".", StringComparison.Ordinal);
}

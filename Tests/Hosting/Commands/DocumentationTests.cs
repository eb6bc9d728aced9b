using System.Reflection;
using System.Text.Json;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Hosting.Check;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Tests.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

/// <summary>Holds the reference pages equal to the program.</summary>
public sealed class DocumentationTests
{
    [Theory]
    [InlineData(typeof(PrivacyPlanReport))]
    [InlineData(typeof(RunReport))]
    public void Every_key_of_the_json_is_on_the_page(Type report)
    {
        var page = Page("cli.md");
        Assert.All(Keys(report).Distinct(), key => Assert.Contains($"\"{key}\"", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_reason_and_code_is_on_the_page()
    {
        var page = Page("cli.md");
        var words = Enum.GetNames<DeadLetterReason>().Concat(Enum.GetNames<RefusalCode>()).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);
        Assert.All(words, word => Assert.Contains($"`{word}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_is_on_the_page()
    {
        var page = Page("configuration.md");
        var context = new ReadContext();
        PipelineConfiguration.Bind(HoconDocument.Load(Path.Combine(Pipelines.Root(), "hocon", "reference.conf")).Resolve(_ => null), context);
        Assert.All(context.Known.Select(option => option.Pattern.Split('.')[^1]).Distinct(), key => Assert.Contains(key, page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_pipeline_that_ships_is_sound()
    {
        using var program = new TestProgram();
        // cluster.conf is the settings of a node.
        var files = Directory.GetFiles(Path.Combine(Pipelines.Root(), "hocon"), "*.conf", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "cluster.conf").ToArray();
        Assert.InRange(files.Length, 2, 100);
        foreach (var file in files)
        {
            Assert.Equal((0, ""), await program.RunAsync("check", file).ContinueWith(task => (task.Result.Code, task.Result.Error)));
        }
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(Pipelines.Root(), "docs", "reference", name));

    private static IEnumerable<string> Keys(Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            yield return JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            var inner = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[^1] : property.PropertyType;
            foreach (var key in inner.Namespace?.StartsWith("AkkaPrivacy", StringComparison.Ordinal) == true ? Keys(inner) : [])
            {
                yield return key;
            }
        }
    }
}

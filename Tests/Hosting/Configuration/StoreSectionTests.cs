using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Configuration;

public sealed class StoreSectionTests
{
    [Fact]
    public void A_server_is_read_with_its_defaults_and_a_file_takes_no_notice_of_it()
    {
        var store = Pipelines.Bind(Pipelines.Sound, "pipeline.store={type=postgres,connection=\"Host=db;Database=stats\",password-env=PW}").Options.Store;
        Assert.Equal(("Host=db;Database=stats", "akkaprivacy", "PW"), (store.Postgres!.Connection, store.Postgres.Schema, store.Postgres.Password!.Variable));
        Assert.Equal((true, TimeSpan.FromSeconds(30), "akkaprivacy.db"), (store.Create, store.AnswerTimeout, store.Path));
        Assert.Null(Pipelines.Bind(Pipelines.Sound, "pipeline.store={connection=\"Host=db\"}").Options.Store.Postgres);
    }

    [Theory]
    [InlineData("{type=postgres}", "pipeline.store.connection")]
    [InlineData("{type=postgres,connection=\"Host=db;Password=canary\"}", "pipeline.store.connection")]
    [InlineData("{type=postgres,connection=\"Host=db;Nonsense=canary\"}", "pipeline.store.connection")]
    [InlineData("{type=postgres,connection=\"Host=db\",schema=pg_catalog}", "pipeline.store.schema")]
    [InlineData("{type=postgres,connection=\"Host=db\",password-file=a,password-env=b}", "pipeline.store.password-env")]
    [InlineData("{type=oracle}", "pipeline.store.type")]
    public void A_mistake_is_named_and_never_quoted(string store, string key)
    {
        var errors = Pipelines.Errors(Pipelines.Sound, $"pipeline.store={store}");
        Assert.Contains(errors, error => error.Key == key);
        Assert.All(errors, error => Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal));
    }
}
